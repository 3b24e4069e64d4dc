"""The icons of django-bs-icon-templates, each rendered once per process: a page of ours has a hundred of them."""

from functools import lru_cache

from bs_icon_templates.templatetags.bs_icons import bs_icon as rendered
from django import template

register = template.Library()
bs_icon = register.simple_tag(lru_cache(maxsize=512)(rendered), name="bs_icon")
