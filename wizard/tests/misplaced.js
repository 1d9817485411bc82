// What is cut, covered or wider than the window; evaluated in the page by accessibility.py.
() => {
  const found = [];
  const name = (element) => `${element.tagName.toLowerCase()}#${element.id}.${element.className.baseVal ?? element.className}`;
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth - root.clientWidth} px too wide`);
  const inFront = document.querySelector("dialog[open], .menu[open]") ?? document.body;
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(".unseen, .skip, [inert], #swagger-ui");
  const scrolls = (element) => {
    for (let each = element; each; each = each.parentElement) {
      if (["auto", "scroll"].includes(getComputedStyle(each).overflowX) && each.scrollWidth > each.clientWidth) return true;
    }
    return false;
  };
  // What lies over a control when it was scrolled there; a toast goes by itself.
  const above = (control, block) => {
    control.scrollIntoView({ block, behavior: "instant" });
    const { x, y, width, height } = control.getClientRects()[0];
    const there = document.elementFromPoint(x + width / 2, y + height / 2);
    const reached = there?.closest("label")?.control ?? there;
    if (reached?.closest(".toasts") || (reached && (control.contains(reached) || reached.contains(control)))) return "";
    return there ? name(there) : "the edge";
  };
  for (const element of inFront.querySelectorAll("*")) {
    const says = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!says || element.closest("svg, option, template, noscript, script, style") || !isShown(element)) continue;
    const style = getComputedStyle(element);
    const { left, right, width, height } = element.getBoundingClientRect();
    if (!width || !height || scrolls(element)) continue;
    if (left < -1 || right > root.clientWidth + 1) found.push(`${name(element)} is beyond the edge`);
    if (element.matches("input, textarea, select") || style.display === "inline") continue;
    const hides = style.overflowX !== "visible" && style.textOverflow !== "ellipsis";
    if (hides && element.scrollWidth > element.clientWidth + 1) found.push(`${name(element)} is cut`);
    if (style.overflowX === "visible" && element.scrollWidth > element.clientWidth + 1) found.push(`${name(element)} runs over`);
  }
  for (const control of inFront.querySelectorAll("a[href], button, input, select, textarea, summary")) {
    if (!isShown(control) || control.type === "hidden" || scrolls(control)) continue;
    if (!control.getClientRects().length) continue;
    const over = above(control, "center");
    if (over && above(control, "start") && above(control, "end")) found.push(`${name(control)} lies under ${over}`);
  }
  scrollTo({ top: 0, behavior: "instant" });
  return found;
}
