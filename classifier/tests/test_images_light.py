import subprocess
import sys


def test_the_module_brings_neither_django_nor_torch_nor_unused_decoders() -> None:
    # HEIC's libraries are loaded by the first HEIC; the test modules around this one load them too.
    script = (
        "import sys, classifier.images\n"
        "heavy = {'torch', 'numpy', 'django', 'pillow_heif', 'PIL.TiffImagePlugin', 'PIL.EpsImagePlugin'}\n"
        "sys.exit(' '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
