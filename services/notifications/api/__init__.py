"""The HTTP side of the notifications service."""

from services.notifications.api import duty_routes, notice_routes, planning_routes, recipient_routes

ROUTERS = [duty_routes.router, notice_routes.router, recipient_routes.router, planning_routes.router]
