import os
import smtplib
import uuid
from email.message import EmailMessage

TEXT = "Dear Asha,\n\nyour key is ABCD-EFGH.\n"
HTML = "<h1>Thank you</h1><p>Your key is <b>ABCD-EFGH</b>.</p>"


def send(recipient):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Haat <orders@haat.example>", recipient, "Your key · চাবি"
    mail.set_content(TEXT)
    mail.add_alternative(HTML, subtype="html")
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="invoice.pdf")
    with smtplib.SMTP("127.0.0.1", int(os.environ["HAAT_SANDBOX_SMTP_PORT"])) as server:
        server.send_message(mail)


def test_a_mail_is_found_and_read(walker, sandbox):
    recipient = f"asha-{uuid.uuid4().hex[:8]}@example.com"
    send(recipient)
    page = walker.open(f"{sandbox.base}/inbox")
    page.get_by_label("Recipient").fill(recipient)
    walker.press("Search")
    page.get_by_role("link", name="Your key · চাবি").click()
    walker.look_around()
    assert page.get_by_text("your key is ABCD-EFGH.").is_visible()
    frame = page.frame_locator("iframe[title=\"The mail's HTML part\"]")
    assert frame.get_by_role("heading", name="Thank you").is_visible()
    assert page.get_by_text("invoice.pdf").first.is_visible()


def test_nothing_found(walker, sandbox):
    page = walker.open(f"{sandbox.base}/inbox?to=nobody@example.com")
    assert page.get_by_text("No mail here.").is_visible()
