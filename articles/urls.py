from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.urls import URLPattern, path

from aisrace.lib.syndication import feed_paths
from articles import embeds, feeds, sitemaps, views
from articles.models import Edition


def publication_urls(conversation: Callable[[Edition, datetime], Any]) -> list[URLPattern]:
    """The pages of the publication, given what opens the conversation under an edition at a moment."""
    return [
        path("", views.home, name="home"),
        path("articles/", views.article_index, name="articles"),
        path("articles/<slug:slug>/", views.article_page, {"conversation": conversation}, name="article"),
        path("articles/<slug:slug>/editions/", views.edition_list, name="editions"),
        path("articles/<slug:slug>/editions/<int:number>/", views.edition_page, name="edition"),
        path(
            "articles/<slug:slug>/editions/<int:number>/cite.<str:form>",
            views.edition_citation,
            name="edition_citation",
        ),
        path("embed/articles/<slug:slug>/", embeds.article_embed, name="article_embed"),
        path("embed/articles/<slug:slug>/editions/<int:number>/", embeds.edition_embed, name="edition_embed"),
        path("oembed", embeds.oembed, name="oembed"),
        path("articles/<slug:slug>/editions/<int:number>/share.png", views.article_image, name="article_image"),
        path(
            "articles/<slug:slug>/editions/<int:number>/share/<int:position>.png",
            views.position_image,
            name="position_image",
        ),
        path("articles/<slug:slug>/where-do-you-stand/", views.article_stand, name="article_stand"),
        path("preview/<str:token>/", views.preview_page, name="preview"),
        path("topics/<slug:slug>/", views.topic_page, name="topic"),
        path("topics/<slug:slug>/where-do-you-stand/", views.topic_stand, name="topic_stand"),
        path("authors/<slug:slug>/", views.author_page, name="author"),
        path("share.png", views.site_image, name="site_image"),
        path("questions/<slug:slug>/share.png", views.question_image, name="question_image"),
        path("experts/<slug:slug>/share.png", views.expert_image, name="expert_image"),
        path("sitemap.xml", sitemaps.sitemap_index, name="sitemap_index"),
        path("sitemap-pages.xml", sitemaps.sitemap_pages, name="sitemap_pages"),
        path("sitemap-news.xml", sitemaps.sitemap_news, name="sitemap_news"),
        path("sitemap-<slug:name>-<int:number>.xml", sitemaps.sitemap_section, name="sitemap_section"),
        *feed_paths("", feeds.site_feed, "site_feed"),
        *feed_paths("topics/<slug:slug>/", feeds.topic_feed, "topic_feed"),
        *feed_paths("authors/<slug:slug>/", feeds.author_feed, "author_feed"),
    ]
