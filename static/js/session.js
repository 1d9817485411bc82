// A sign-in in another tab makes the CSRF token of this page invalid: the server answers 403 to it. The page then takes the
// current token and sends its request again. It also does so when the reader comes back to it, for forms that the browser
// sends itself. If somebody else signed in, the page is loaded again, because it shows the photos of another person.
const { user, session } = document.body.dataset;
let token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];

const take = (current) => {
  token = current;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
};

// Resolves to true when the reader of this page is signed in; the page has the current token then.
const renew = async () => {
  const response = await fetch(session).catch(() => null);
  const current = await response?.json().catch(() => ({})) ?? {}; // the sign-in page is no JSON
  if (!current.user) return false;
  if (String(current.user) !== user) {
    location.reload();
    return false;
  }
  take(current.token);
  return true;
};

// `send` gets the token and resolves to something with a `status`.
globalThis.sendSigned = async (send) => {
  const response = await send(token);
  return response.status === 403 && (await renew()) ? send(token) : response;
};

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) renew();
});
document.addEventListener("submit", (event) => {
  const field = event.target.elements.namedItem("csrfmiddlewaretoken");
  if (field) field.value = token; // of a form that was in a <template> when the token changed
}, { capture: true });

const AGAIN = "X-Sent-Again";
document.addEventListener("htmx:configRequest", ({ detail: { headers, parameters } }) => {
  headers["X-CSRFToken"] = token;
  if (parameters.csrfmiddlewaretoken) parameters.csrfmiddlewaretoken = token; // Django looks there first
});
document.addEventListener("htmx:responseError", async (event) => {
  const { xhr, elt, target, requestConfig } = event.detail;
  if (xhr.status !== 403 || AGAIN in requestConfig.headers || !elt.isConnected) return;
  event.stopImmediatePropagation(); // toasts.js says what is wrong when the second try fails
  const values = Object.fromEntries([...requestConfig.formData.keys()].map((name) => [name, requestConfig.formData.getAll(name)]));
  if (await renew()) {
    htmx.ajax(requestConfig.verb, requestConfig.path, { source: elt, target, values, headers: { [AGAIN]: "1" } });
    return;
  }
  const text = gettext("You are signed out. Sign in again in another tab, then try again.");
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, bad: true } }));
});
