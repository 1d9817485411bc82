"""How the wizard learns: plain Python that knows nothing of Django, Celery or settings.

`recipe.train` is the whole of it, top to bottom. All but `config` imports torch or numpy: worker
code alone.
"""
