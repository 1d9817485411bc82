"""How the wizard learns: plain Python that knows nothing of Django, Celery or settings.

`recipe.train` is the whole of it, top to bottom. Everything here imports torch: worker code alone.
"""
