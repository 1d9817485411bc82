"""What people type, checked. The rules themselves are the models'."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from classifier.models import Photo, Taste, TextPreference

if TYPE_CHECKING:
    PhraseModelForm = forms.ModelForm[TextPreference]
    TasteModelForm = forms.ModelForm[Taste]
    PhotoModelForm = forms.ModelForm[Photo]
else:  # generic for the type checker alone
    PhraseModelForm = TasteModelForm = PhotoModelForm = forms.ModelForm


class WeightForm(PhraseModelForm):
    """How much a phrase counts, if that is said."""

    class Meta:
        model = TextPreference
        fields = ["weight"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["weight"].required = False


class TasteForm(TasteModelForm):
    class Meta:
        model = Taste
        fields = [
            "semantic_weight",
            "reference_weight",
            "learned_weight",
            "match_threshold",
            "super_like_threshold",
        ]


class BioForm(PhotoModelForm):
    class Meta:
        model = Photo
        fields = ["bio"]
