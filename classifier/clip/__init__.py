"""The CLIP engine: plain Python that knows nothing of Django, Celery or settings.

`backbones` (which model runs), `statistics`, `images` and `prompts` are light and safe in the web process; all else
imports torch and belongs to worker code alone.
"""
