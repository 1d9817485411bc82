"""What the training page lets one set."""

from __future__ import annotations

from django import forms

from classifier.forms import TasteModelForm
from classifier.models import Taste


class AutoTrainForm(TasteModelForm):
    class Meta:
        model = Taste
        fields = ["auto_train", "auto_train_every"]
        labels = {"auto_train": "Train by itself", "auto_train_every": "After so many new or changed answers"}
        error_messages = {
            "auto_train_every": dict.fromkeys(
                ("required", "invalid", "min_value", "max_value"), "Give a number of answers between 1 and 10,000."
            )
        }
        widgets = {"auto_train_every": forms.NumberInput(attrs={"class": "input", "min": 1, "max": 10_000})}


class ThresholdsForm(TasteModelForm):
    class Meta:
        model = Taste
        fields = ["match_threshold", "super_like_threshold"]
        error_messages = {
            name: dict.fromkeys(("required", "invalid", "min_value", "max_value"), f"{what} begins between 0 and 100.")
            for name, what in (("match_threshold", "A match"), ("super_like_threshold", "A super match"))
        }
