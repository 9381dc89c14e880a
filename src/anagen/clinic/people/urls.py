from __future__ import annotations

from django.urls import path

from .views import accounts, patients, signing_in

app_name = "people"

urlpatterns = [
    path("sign-in", signing_in.sign_in, name="sign_in"),
    path("sign-out", signing_in.sign_out, name="sign_out"),
    path("account/password", signing_in.change_password, name="change_password"),
    path("my-record", patients.my_record, name="my_record"),
    path("patients", patients.patients, name="patients"),
    path("patients.csv", patients.patients_csv, name="patients_csv"),
    path("patients/register", patients.register, name="register"),
    path("patients/<str:number>", patients.patient_page, name="patient"),
    path("patients/<str:number>/correct", patients.correct, name="correct"),
    path("patients/<str:number>/access", patients.give_access, name="give_access"),
    path("accounts", accounts.staff, name="staff"),
    path("accounts.csv", accounts.staff_csv, name="staff_csv"),
    path("accounts/new", accounts.new_account, name="new_account"),
    path("accounts/<str:username>", accounts.change_account, name="change_account"),
    path("accounts/<str:username>/password", accounts.reset_password, name="reset_password"),
]
