"""Photos from folders: `manage.py watch`, `manage.py import_folder`, and the folder that beat looks into.

`scan` knows files and nothing of the product; `marks` remembers what was looked at; `taking` brings one file in, or a
folder; `answers` gives the answers of sorted folders; `turns` is the same in small parts, for the score worker.
"""
