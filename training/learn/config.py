"""The recipe's numbers. Imports nothing heavy: the web shows and checks them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TrainConfig:
    """The recipe's numbers; docs/learning.md says how they were found.

    token_share is the share of a photo's patch tokens that each step of fine-tuning sees.
    """

    epochs: int = 10
    batch_size: int = 16
    learning_rate: float = 3e-4
    weight_decay: float = 0.01
    token_share: float = 0.5
    seed: int = 0
    folds: int = 5
    alphas: tuple[float, ...] = (0.0, 0.25, 0.5, 0.75, 1.0)
    min_per_class: int = 10

    def __post_init__(self) -> None:
        if not 1 <= self.epochs <= 100:
            raise ValueError("epochs must lie between 1 and 100")
        if not 2 <= self.batch_size <= 256:
            raise ValueError("batch_size must lie between 2 and 256")
        if not 0 < self.learning_rate <= 0.1:
            raise ValueError("learning_rate must lie between 0 and 0.1")
        if not 2 <= self.folds <= 10:
            raise ValueError("folds must lie between 2 and 10")
        if 0.0 not in self.alphas or not all(0 <= alpha <= 1 for alpha in self.alphas):
            raise ValueError("alphas must lie between 0 and 1, and 0 (the frozen tail) must be among them")

    @property
    def checkpoints(self) -> tuple[int, ...]:
        """After which epochs the tail is a candidate: half-way and at the end."""
        return tuple(sorted({max(1, self.epochs // 2), self.epochs}))
