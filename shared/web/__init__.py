"""The HTTP edge all services share: one transaction a request, roles declared, problems in Chinese, paging, ETags."""
