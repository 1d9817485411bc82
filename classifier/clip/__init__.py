"""The CLIP engine: plain Python that knows nothing of Django, Celery or settings.

`backbones` (which model runs) and `statistics` are light and safe in the web process; `engine`, `loading`,
`towers` and `text` import torch and belong to worker code alone.
"""
