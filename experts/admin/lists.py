"""What the lists of the record have in common."""

from django.contrib import admin

IS_PUBLIC = ("public_at", admin.EmptyFieldListFilter)
