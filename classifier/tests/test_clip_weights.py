"""Weights are fetched or taken from a file, checked, and never half there."""

import hashlib
import http.server
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from huggingface_hub import constants
from open_clip.factory import get_model_config
from safetensors import safe_open
from safetensors.torch import save, save_file

from classifier.clip import loading
from classifier.clip.backbones import VIT_B_32_ID, BackboneError, random_backbone, resolve_backbone, weights_file
from classifier.clip.loading import load_model, read_weights
from classifier.clip.weights import fetch_weights

pytestmark = pytest.mark.xdist_group("weights")  # one process writes the file


def narrow_config(architecture: str) -> dict[str, Any] | None:
    """open_clip's configuration of an architecture, with few and narrow layers."""
    config = get_model_config(architecture)
    if config is None:
        return None
    vision, text = ({**config[part], "width": 64, "layers": 3} for part in ("vision_cfg", "text_cfg"))
    return {**config, "vision_cfg": vision, "text_cfg": {**text, "heads": 1}}


@pytest.fixture(scope="module", autouse=True)
def vit_b_32(is_full: bool) -> Iterator[None]:
    """The full tier has the real one, whose weights are 300 MB; the commit tier has a narrow one of the same parts."""
    with pytest.MonkeyPatch.context() as patch:
        if not is_full:
            patch.setattr(loading, "get_model_config", narrow_config)
        yield


@pytest.fixture(scope="module")
def vit_b_32_file(vit_b_32: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "model.safetensors"
    model = load_model(random_backbone("ViT-B-32"), torch.bfloat16)
    save_file(dict(model.state_dict()), path)
    return path


def test_a_local_file_is_checked_and_put_in_place(vit_b_32_file: Path, tmp_path: Path) -> None:
    path = fetch_weights(VIT_B_32_ID, tmp_path, source=vit_b_32_file)
    assert path == weights_file(VIT_B_32_ID, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert resolve_backbone("auto", tmp_path).id == VIT_B_32_ID
    with safe_open(path, framework="pt") as file:
        assert file.metadata()["architecture"] == "ViT-B-32"
    with pytest.raises(BackboneError, match="holds weights for ViT-B-32, not for ViT-B-32-quickgelu"):
        read_weights(path, "ViT-B-32-quickgelu")


def test_a_pytorch_file_is_taken_as_well(vit_b_32_file: Path, tmp_path: Path) -> None:
    source = tmp_path / "epoch_latest.pt"
    torch.save({"state_dict": read_weights(vit_b_32_file, "ViT-B-32")}, source)
    assert fetch_weights(VIT_B_32_ID, tmp_path / "in", source=source).is_file()


def test_a_file_of_another_model_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "other.safetensors"
    save_file({"logit_scale": torch.ones(())}, source)
    with pytest.raises(BackboneError, match="does not hold the weights of ViT-B-32"):
        fetch_weights(VIT_B_32_ID, tmp_path / "in", source=source)
    assert not weights_file(VIT_B_32_ID, tmp_path / "in").exists()


class Trap:
    """A pickle that would leave a mark if it were run."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.mark,)


def test_a_pickle_is_never_run(tmp_path: Path) -> None:
    source, mark = tmp_path / "trap.pt", tmp_path / "mark"
    torch.save({"state_dict": Trap(mark)}, source)
    with pytest.raises(BackboneError, match="not a readable weight file"):
        fetch_weights(VIT_B_32_ID, tmp_path / "in", source=source)
    assert not mark.exists()


@pytest.mark.parametrize("content", [b"", b"not weights at all" * 100], ids=["empty", "noise"])
@pytest.mark.parametrize("suffix", [".safetensors", ".pt"])
def test_a_broken_file_is_refused(content: bytes, suffix: str, tmp_path: Path) -> None:
    source = (tmp_path / "broken").with_suffix(suffix)
    source.write_bytes(content)
    with pytest.raises(BackboneError, match="not a readable weight file"):
        fetch_weights(VIT_B_32_ID, tmp_path / "in", source=source)


def use_hub(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{port}")
    template = f"{constants.ENDPOINT}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)


def test_without_internet_it_says_so_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    use_hub(monkeypatch, port)
    with pytest.raises(BackboneError, match=r"cannot be reached; the starter model serves until they can\.$"):
        fetch_weights(VIT_B_32_ID, tmp_path)
    assert resolve_backbone("auto", tmp_path).is_starter


class Hub(http.server.BaseHTTPRequestHandler):
    """As much of a model hub as a download needs; it has one small file, of the wrong shapes."""

    content = save({"logit_scale": torch.ones(1000)})

    def do_HEAD(self) -> None:
        found = self.path.endswith("open_clip_model.safetensors")
        self.send_response(200 if found else 404)
        self.send_header("ETag", f'"{hashlib.sha256(self.content).hexdigest()}"')
        self.send_header("X-Repo-Commit", "0" * 40)
        self.send_header("Content-Length", str(len(self.content)))
        self.end_headers()

    def do_GET(self) -> None:
        self.do_HEAD()
        self.wfile.write(self.content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        use_hub(monkeypatch, server.server_port)
        yield
        server.shutdown()


@pytest.mark.usefixtures("hub")
def test_a_download_reports_progress_and_is_checked_like_any_file(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    with pytest.raises(BackboneError, match="does not hold the weights of ViT-B-32"):
        fetch_weights(VIT_B_32_ID, tmp_path, on_progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(Hub.content), len(Hub.content))
    assert not weights_file(VIT_B_32_ID, tmp_path).exists()
