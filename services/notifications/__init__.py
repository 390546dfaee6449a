"""Who must be told what by when.

Owns: duties with their due dates, planned notices, templates, recipients, deliveries of copies, the planners' runs.
Says: notifications.duty_* on tidu-notifications-duty, notifications.notice_* on tidu-notifications-notice.
Hears: enterprise (recognitions, places, contacts), awards (proposed, decided), pipeline (who serves whom).
Never: judges who deserves what, sends twice for one key, or takes an e-mail for the notice of record.
"""
