"""Which model runs, told without loading one."""

import subprocess
import sys
from pathlib import Path

import pytest

from classifier.clip.backbones import VIT_B_32_ID, BackboneError, resolve_backbone, slug_of, weights_file


def test_auto_is_the_starter_until_the_weights_are_here(tmp_path: Path) -> None:
    assert resolve_backbone("auto", tmp_path).is_starter
    weights_file(VIT_B_32_ID, tmp_path).touch()
    backbone = resolve_backbone("auto", tmp_path)
    assert (backbone.id, backbone.title, backbone.architecture) == (VIT_B_32_ID, "ViT-B/32", "ViT-B-32")


def test_the_starter_can_be_asked_for_beside_other_weights(tmp_path: Path) -> None:
    weights_file(VIT_B_32_ID, tmp_path).touch()
    starter = resolve_backbone("starter", tmp_path)
    assert starter.is_starter
    assert starter.weights is not None
    assert starter.weights.is_file()


def test_a_local_file_is_known_by_its_content(tmp_path: Path) -> None:
    first, second = tmp_path / "one.safetensors", tmp_path / "two.safetensors"
    first.write_bytes(b"one")
    second.write_bytes(b"two")
    ids = {resolve_backbone(str(path), tmp_path).id for path in (first, second)}
    assert len(ids) == 2
    assert all(backbone_id.startswith("ViT-B-32/local-") for backbone_id in ids)


def test_a_configuration_beside_a_local_file_names_its_architecture(tmp_path: Path) -> None:
    path = tmp_path / "mine.safetensors"
    path.touch()
    path.with_suffix(".json").write_text('{"embed_dim": 8, "vision_cfg": {}, "text_cfg": {}}')
    assert resolve_backbone(str(path), tmp_path).architecture == "mine"


@pytest.mark.parametrize("choice", [VIT_B_32_ID, "nowhere.safetensors", "nonsense", ""])
def test_what_is_not_here_is_refused_in_one_sentence(choice: str, tmp_path: Path) -> None:
    with pytest.raises(BackboneError) as refusal:
        resolve_backbone(choice, tmp_path)
    assert str(refusal.value).count("\n") == 0


def test_a_slug_is_a_file_name() -> None:
    assert slug_of(VIT_B_32_ID) == "ViT-B-32__datacomp_xl_s13b_b90k"


def test_asking_which_model_runs_imports_no_torch() -> None:
    code = (
        "import sys, classifier.clip.backbones, classifier.clip.statistics\n"
        "sys.exit(any(name in sys.modules for name in ('torch', 'open_clip')))"
    )
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
