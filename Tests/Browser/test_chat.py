import uuid


def test_telegram_shows_the_message(walker, sandbox):
    text = f"Order {uuid.uuid4().hex[:8]} is paid <b>now</b>"
    sandbox.json("/telegram/bot123:abc/sendMessage", {"chat_id": 42, "text": text})
    page = walker.open(f"{sandbox.base}/telegram/messages")
    assert page.get_by_text(text).is_visible()


def test_discord_shows_the_message(walker, sandbox):
    text = f"Order {uuid.uuid4().hex[:8]} is paid"
    sandbox.json("/discord/api/webhooks/77/token?wait=true", {"content": text})
    page = walker.open(f"{sandbox.base}/discord/messages")
    assert page.get_by_text(text).is_visible()


def test_sms_shows_the_text(walker, sandbox):
    text = f"Your code is {uuid.uuid4().hex[:8]}"
    sandbox.json("/sms/send", {"to": "+8801712345678", "text": text})
    page = walker.open(f"{sandbox.base}/sms/messages")
    assert page.get_by_text(text).is_visible()
