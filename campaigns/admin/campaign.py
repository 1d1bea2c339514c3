from django.contrib import admin

from campaigns.admin.reach import WithinReach
from campaigns.models import Campaign


@admin.register(Campaign)
class CampaignAdmin(WithinReach, admin.ModelAdmin):
    list_display = ["title", "slug", "created_at"]
    search_fields = ["title", "slug"]
    prepopulated_fields = {"slug": ["title"]}
