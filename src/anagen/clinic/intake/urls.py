from __future__ import annotations

from django.urls import path

from .views import answers, examination, file, links, own, records

app_name = "intake"

_PATIENT = "patients/<str:number>"

urlpatterns = [
    path(f"{_PATIENT}/intake", file.intake, name="intake"),
    path(f"{_PATIENT}/intake/begin", file.begin, name="begin"),
    path(f"{_PATIENT}/intake/tablet", file.hand_over, name="hand_over"),
    path(f"{_PATIENT}/intake/review", file.review, name="review"),
    path(f"{_PATIENT}/intake/thanks", file.thanks, name="thanks"),
    path(f"{_PATIENT}/intake/link", links.make_link, name="make_link"),
    path(f"{_PATIENT}/intake/link/withdraw", links.withdraw_link, name="withdraw_link"),
    path(f"{_PATIENT}/intake/ask/<slug:page>", file.page, name="page"),
    path(f"{_PATIENT}/intake/ask/<slug:page>/save", file.save, name="save"),
    path(f"{_PATIENT}/examination", examination.examination, name="examination"),
    path(f"{_PATIENT}/record", records.import_record, name="import_record"),
    path(f"{_PATIENT}/record/unread/<int:entry>", records.resolve, name="resolve"),
    path(f"{_PATIENT}/answers", answers.answers, name="answers"),
    path(f"{_PATIENT}/answers.csv", answers.answers_csv, name="answers_csv"),
    # without an account
    path("answer", own.own, name="own"),
    path("answer/questions", own.resume, name="own_resume"),
    path("answer/questions/<slug:page>", own.page, name="own_page"),
    path("answer/questions/<slug:page>/save", own.save, name="own_save"),
    path("answer/review", own.review, name="own_review"),
    path("answer/thanks/<slug:way>", own.thanks, name="own_thanks"),
    path("answer/later", own.stopped, name="own_stopped"),
    path("answer/link/<str:token>", own.link, name="link"),
]
