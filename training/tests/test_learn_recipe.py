"""The recipe as a whole, on the real starter's tail."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from training.learn.data import Cancelled, TooFewLabels
from training.learn.progress import Progress
from training.learn.recipe import TrainResult
from training.learn.version import predict
from training.tests.learn_samples import QUICK, answers, learn, learned, starter_tail


def test_it_learns_what_the_person_likes() -> None:
    result = learned()
    others = answers(photos=64)
    chances = predict(result.version, others.stems_of(np.arange(40, 64)), tail=starter_tail(), dtype=torch.float32)
    assert ((chances > 0.5) == (others.labels[40:] == 1)).mean() > 0.8


def test_it_reports_figures_with_intervals() -> None:
    figures = learned().figures
    assert (figures.likes, figures.dislikes) == tuple(
        int((answers(photos=40, wrong=0.1).labels == label).sum()) for label in (1, 0)
    )
    for name in ("accuracy", "balanced_accuracy", "auc", "log_loss"):
        figure = getattr(figures, name)
        assert figure.low <= figure.high
    assert figures.accuracy.low < figures.accuracy.value < figures.accuracy.high


def test_the_same_seed_and_data_give_the_same_version_on_any_number_of_threads() -> None:
    data = answers(photos=24)
    assert _weights(learn(data, threads=1)) == _weights(learn(data, threads=2))


def test_another_seed_gives_another_version() -> None:
    data = answers(photos=24, wrong=0.1)
    assert (learn(data).out_of_fold != learn(data, replace(QUICK, seed=1)).out_of_fold).any()


def test_too_few_labels_are_refused_with_the_counts() -> None:
    with pytest.raises(TooFewLabels, match="so far there are 9 and 9") as refused:
        learn(answers(photos=18))
    assert (refused.value.likes, refused.value.dislikes, refused.value.minimum) == (9, 9, 10)


def test_one_class_alone_is_refused() -> None:
    data = answers(photos=32)
    with pytest.raises(TooFewLabels) as refused:
        learn(replace(data, labels=np.ones(32, np.int64)))
    assert (refused.value.likes, refused.value.dislikes) == (32, 0)


def test_twenty_pictures_of_one_moment_count_as_one() -> None:
    data = answers(photos=40)
    vectors = data.vectors.copy()
    vectors[::2] = vectors[0]
    with pytest.raises(TooFewLabels) as refused:
        learn(replace(data, vectors=vectors))
    assert (refused.value.likes, refused.value.dislikes) == (1, 20)


def test_it_tells_how_far_it_is() -> None:
    heard: list[Progress] = []
    learn(answers(photos=24), on_progress=heard.append)
    assert [phase for phase in ("head", "folds", "figures") if any(news.phase == phase for news in heard)] == [
        "head",
        "folds",
        "figures",
    ]
    ends = {(news.fold, news.epoch) for news in heard if news.epoch_ended}
    assert ends == {(fold, epoch) for fold in (0, 1, 2) for epoch in (1, 2)}
    shares = [news.done for news in heard]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    last = [news for news in heard if news.phase == "folds"][-1]
    assert last.loss is not None
    assert last.eta_s == 0


def test_cancelling_stops_it_before_the_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.learn.progress.OFTEN", 0.0)  # this run may end within the usual pause between looks
    heard: list[Progress] = []
    with pytest.raises(Cancelled):
        learn(answers(photos=24), on_progress=heard.append, is_cancelled=lambda: len(heard) > 2)
    assert not any(news.phase == "figures" for news in heard)


def test_a_failure_in_one_fold_is_raised_and_stops_the_others() -> None:
    data = answers(photos=24)

    def broken(indices: np.ndarray) -> np.ndarray:
        raise OSError("disk gone")

    with pytest.raises(OSError, match="disk gone"):
        learn(replace(data, stems=broken))


def test_stems_may_come_from_a_function() -> None:
    data = answers(photos=24)
    assert _weights(learn(replace(data, stems=data.stems_of))) == _weights(learn(data))


def test_the_tail_of_the_backbone_stays_as_it_is() -> None:
    before = {name: tensor.clone() for name, tensor in starter_tail().state_dict().items()}
    learned()
    assert all(torch.equal(tensor, before[name]) for name, tensor in starter_tail().state_dict().items())


def test_a_super_like_counts_twice_in_the_head() -> None:
    data = answers(photos=32)
    heavier = data.weights.copy()
    heavier[0] = 2
    balanced = replace(data, weights=heavier).balanced_weights()
    assert balanced[0] == pytest.approx(2 * balanced[2])
    assert balanced[data.labels == 1].sum() == pytest.approx(balanced[data.labels == 0].sum())


def _weights(result: TrainResult) -> tuple[bytes, ...]:
    tail = (tensor.numpy().tobytes() for tensor in result.version.tail.values())
    return (result.version.head.weight.tobytes(), result.out_of_fold.tobytes(), *tail)
