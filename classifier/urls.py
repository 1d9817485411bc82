"""Addresses of the pages about photos and taste."""

from django.urls import path

from classifier.views import files, library, photos, questions, review, selection, taste, trash, upload

urlpatterns = [
    path("library/", library.library, name="library"),
    path("library/updates/", library.library_updates, name="library_updates"),
    path("library/sample/", library.sample_add, name="sample_add"),
    path("review/", review.review, name="review"),
    path("review/next/", review.review_next, name="review_next"),
    path("review/answer/", review.review_answer, name="review_answer"),
    path("review/undo/", review.review_undo, name="review_undo"),
    path("review/choose/", review.review_choose, name="review_choose"),
    path("upload/", upload.upload, name="upload"),
    path("photos/answer/", selection.selection_answer, name="selection_answer"),
    path("photos/restore/", selection.selection_restore, name="selection_restore"),
    path("photos/delete/", selection.selection_delete, name="selection_delete"),
    path("photos/<int:pk>/", photos.photo, name="photo"),
    path("photos/<int:pk>/image", files.photo_image, name="photo_image"),
    path("photos/<int:pk>/thumbnail", files.photo_thumbnail, name="photo_thumbnail"),
    path("photos/<int:pk>/answer/", photos.photo_answer, name="photo_answer"),
    path("photos/<int:pk>/similar/", questions.photo_similar, name="photo_similar"),
    path("photos/<int:pk>/why/", questions.photo_why, name="photo_why"),
    path("photos/<int:pk>/bio/", photos.photo_bio, name="photo_bio"),
    path("photos/<int:pk>/delete/", photos.photo_delete, name="photo_delete"),
    path("photos/<int:pk>/reference/", taste.reference_add, name="reference_add"),
    path("references/<int:pk>/delete/", taste.reference_delete, name="reference_delete"),
    path("trash/", trash.trash, name="trash"),
    path("trash/restore/", trash.trash_restore, name="trash_restore"),
    path("trash/delete/", trash.trash_delete, name="trash_delete"),
    path("taste/", taste.taste, name="taste"),
    path("taste/words/", questions.taste_words, name="taste_words"),
    path("map/", questions.library_map, name="map"),
    path("map/points/", questions.library_map_points, name="map_points"),
    path("review/again/", review.review_again, name="review_again"),
    path("taste/status/", taste.taste_status, name="taste_status"),
    path("taste/weights/", taste.taste_weights, name="taste_weights"),
    path("taste/phrases/", taste.phrase_add, name="phrase_add"),
    path("taste/phrases/<int:pk>/", taste.phrase_edit, name="phrase_edit"),
    path("taste/phrases/<int:pk>/delete/", taste.phrase_delete, name="phrase_delete"),
]
