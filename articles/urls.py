from django.urls import path

from articles import views

urlpatterns = [
    path("", views.home, name="home"),
    path("articles/", views.article_index, name="articles"),
    path("articles/<slug:slug>/", views.article_page, name="article"),
    path("articles/<slug:slug>/editions/", views.edition_list, name="editions"),
    path("articles/<slug:slug>/editions/<int:number>/", views.edition_page, name="edition"),
    path("topics/<slug:slug>/", views.topic_page, name="topic"),
    path("authors/<slug:slug>/", views.author_page, name="author"),
]
