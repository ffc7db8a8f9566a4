from django.urls import path

from articles import views

urlpatterns = [
    path("", views.home, name="home"),
    path("articles/", views.article_index, name="articles"),
    path("articles/<slug:slug>/", views.article_page, name="article"),
    path("articles/<slug:slug>/editions/", views.edition_list, name="editions"),
    path("articles/<slug:slug>/editions/<int:number>/", views.edition_page, name="edition"),
    path("articles/<slug:slug>/editions/<int:number>/share.png", views.article_image, name="article_image"),
    path(
        "articles/<slug:slug>/editions/<int:number>/share/<int:position>.png",
        views.position_image,
        name="position_image",
    ),
    path("preview/<str:token>/", views.preview_page, name="preview"),
    path("topics/<slug:slug>/", views.topic_page, name="topic"),
    path("authors/<slug:slug>/", views.author_page, name="author"),
]
