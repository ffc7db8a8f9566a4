from django.urls import path

from aisrace.lib.syndication import feed_paths
from comments.views import feeds, people, reporting, talking

app_pages = [
    # Reading and writing.
    path("articles/<slug:slug>/comments/", talking.conversation_page, name="conversation"),
    *feed_paths("articles/<slug:slug>/comments/", feeds.conversation_feed, "conversation_feed"),
    path("articles/<slug:slug>/comments/new/", talking.new_page, name="comment_new"),
    path("articles/<slug:slug>/comments/<int:key>/", talking.comment_page, name="comment"),
    path("articles/<slug:slug>/comments/<int:key>/yours/", talking.yours_page, name="comment_yours"),
    path("articles/<slug:slug>/comments/<int:key>/edit/", talking.edit_page, name="comment_edit"),
    path("articles/<slug:slug>/comments/<int:key>/delete/", talking.delete_page, name="comment_delete"),
    path("articles/<slug:slug>/comments/<int:key>/vote/", talking.vote_page, name="comment_vote"),
    path("comments/sent/", talking.sent_page, name="comment_sent"),
    path("comments/waiting/", talking.waiting_page, name="comment_waiting"),
]
people_pages = [
    # What belongs to a reader: links by mail, settings, own comments.
    path("comments/confirm/<str:token>/", people.confirm_page, name="comment_confirm"),
    path("comments/confirmed/<str:token>/", people.confirmed_page, name="comment_confirmed"),
    path("comments/disowned/", people.disowned_page, name="comment_disowned"),
    path("comments/letters/off/<str:token>/", people.off_page, name="letters_off"),
    path("comments/remember/", people.remember_page, name="comment_remember"),
    path("comments/remember/sent/", people.link_sent_page, name="comment_link_sent"),
    path("comments/mine/", people.mine_page, name="comment_mine"),
    path("comments/mine/letters/", people.letters_page, name="comment_letters"),
    path("comments/mine/forget/", people.forget_page, name="comment_forget"),
    path("comments/mine/export/", people.export_page, name="comment_export"),
    path("comments/mine/erase/", people.erase_page, name="comment_erase"),
    path("comments/mine/erased/", people.erased_page, name="comment_erased"),
]
reporting_pages = [
    # Reports, appeals, corrections, the public log.
    path("articles/<slug:slug>/comments/<int:key>/report/", reporting.report_page, name="comment_report"),
    path("articles/<slug:slug>/corrections/", reporting.corrections_page, name="corrections"),
    path("corrections/", reporting.all_corrections_page, name="all_corrections"),
    path("comments/appeal/<str:token>/", reporting.appeal_page, name="comment_appeal"),
    path("moderation/", reporting.log_page, name="moderation_log"),
]
urlpatterns = [*app_pages, *people_pages, *reporting_pages]
