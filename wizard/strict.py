"""What a caller misspelt, or gave as another type, is refused: it must never turn into "everything" or "nothing"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext, gettext_lazy
from rest_framework import exceptions, serializers
from rest_framework.request import Request

from wizard.words import grouped

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Field = type[serializers.Field[Any, Any, Any, Any]]
# DRF would take "0.5" for 0.5, 0 for "0" and "yes" for true.
TYPES: list[tuple[Field, tuple[type, ...], StrOrPromise]] = [
    (serializers.BooleanField, (bool,), gettext_lazy("Give true or false.")),
    (serializers.FloatField, (int, float), gettext_lazy("Give a number.")),
    (serializers.IntegerField, (int, float), gettext_lazy("Give a whole number.")),
    (serializers.CharField, (str,), gettext_lazy("Give a text.")),
]


def only_parameters(request: Request, *names: str) -> None:
    """Raises ValidationError for a parameter in the address that is none of these, or is there twice."""
    for name, values in request.query_params.lists():
        if name not in names:
            raise exceptions.ValidationError(
                {name: gettext("There is no such parameter; there are: %(names)s.") % {"names": ", ".join(names)}}
            )
        if len(values) > 1:
            raise exceptions.ValidationError({name: gettext("Give it once.")})


class StrictSerializer(serializers.Serializer[Any]):
    """Of JSON requests: no field that it does not have, and each of the type that the schema says."""

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is None:  # of which DRF says "No data provided", whatever its messages are set to
            raise serializers.ValidationError({"detail": [gettext("Send an object with the fields, not null.")]})
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            wrong = {str(name): sentence for name, value in data.items() if (sentence := self._wrong(name, value))}
            if wrong:
                raise serializers.ValidationError({name: [sentence] for name, sentence in wrong.items()})
        return super().to_internal_value(data)

    def _wrong(self, name: str, value: Any) -> str:
        field = self.fields.get(name)
        if field is None:
            return gettext("There is no such field.")
        if field.read_only or value is None:  # what was read may be sent back; DRF knows where null is meant
            return ""
        for kind, types, sentence in TYPES:
            if isinstance(field, kind):
                fits = isinstance(value, types) and (bool in types or not isinstance(value, bool))
                return _too_long(field, value) if fits else str(sentence)
        return ""


def _too_long(field: Any, value: Any) -> str:
    """DRF would count what is left of it without the spaces around."""
    most = getattr(field, "max_length", None)
    if most is None or len(value) <= most:
        return ""
    return gettext("Give at most %(most)s characters.") % {"most": grouped(most)}
