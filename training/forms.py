"""What the training page lets one set."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from classifier.forms import TasteModelForm
from classifier.models import Taste


class AutoTrainForm(TasteModelForm):
    class Meta:
        model = Taste
        fields = ["auto_train", "auto_train_every"]
        labels = {
            "auto_train": gettext_lazy("Train by itself"),
            "auto_train_every": gettext_lazy("After so many new or changed answers"),
        }
        error_messages = {
            "auto_train_every": dict.fromkeys(
                ("required", "invalid", "min_value", "max_value"),
                gettext_lazy("Give a number of answers between 1 and 10,000."),
            )
        }
        widgets = {"auto_train_every": forms.NumberInput(attrs={"class": "input", "min": 1, "max": 10_000})}


class ThresholdsForm(TasteModelForm):
    class Meta:
        model = Taste
        fields = ["match_threshold", "super_like_threshold"]
        error_messages = {
            name: dict.fromkeys(("required", "invalid", "min_value", "max_value"), sentence)
            for name, sentence in (
                ("match_threshold", gettext_lazy("A match starts between 0 and 100.")),
                ("super_like_threshold", gettext_lazy("A super match starts between 0 and 100.")),
            )
        }
