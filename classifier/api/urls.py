from django.urls import include, path
from rest_framework.routers import SimpleRouter

from classifier.api import files, finding, preferences, review, views

router = SimpleRouter(trailing_slash=False, use_regex_path=False)
router.register("preferences/texts", preferences.TextPreferences, basename="api_text")
router.register("preferences/references", preferences.ReferencePhotos, basename="api_reference")

urlpatterns = [
    path("photos", views.PhotoList.as_view(), name="api_photos"),
    path("photos/<int:pk>", views.PhotoDetail.as_view(), name="api_photo"),
    path("photos/<int:pk>/image", files.PhotoImage.as_view(), name="api_photo_image"),
    path("photos/<int:pk>/thumbnail", files.PhotoThumbnail.as_view(), name="api_photo_thumbnail"),
    path("photos/<int:pk>/similar", finding.Similar.as_view(), name="api_similar"),
    path("search", finding.Search.as_view(), name="api_search"),
    path("results/<int:pk>", views.ResultDetail.as_view(), name="api_result"),
    path("results/<int:pk>/feedback", views.ResultFeedback.as_view(), name="api_feedback"),
    path("review/next", review.ReviewNext.as_view(), name="api_review_next"),
    path("review/answers", review.ReviewAnswers.as_view(), name="api_review_answers"),
    path("review/answers/last", review.ReviewUndo.as_view(), name="api_review_undo"),
    path("preferences", views.Preferences.as_view(), name="api_preferences"),
    path("", include(router.urls)),
]
