import parcels

#: Shipment status ids with their names: picked up, in transit, out for delivery, delivered.
WAY = [("42", "Picked Up"), ("18", "In Transit"), ("17", "Out For Delivery"), ("7", "Delivered")]


def test_a_parcel_arrives_step_by_step(walker, sandbox, shop):
    parcel = parcels.shiprocket(sandbox)
    page = walker.open(f"{sandbox.base}/shiprocket/parcels")
    page.get_by_role("link", name=str(parcel["order"])).click()
    walker.look_around()
    for number, name in WAY:
        page.get_by_label("Move to").select_option(number)
        page.get_by_label("Note").fill(f"{name}, by hand")
        walker.press("Move")
        assert page.locator(".state").inner_text().lower() == name.lower()
        assert page.get_by_text(f"{name}, by hand").is_visible()
        push = shop.wait(
            "/webhooks/shiprocket",
            lambda r, number=number: r.json["awb"] == parcel["awb"]
            and str(r.json["current_status_id" if "current_status_id" in r.json else "shipment_status_id"]) == number
            or r.json["awb"] == parcel["awb"] and str(r.json.get("shipment_status_id")) == number,
        )
        assert push.headers["x-api-key"]
    page.get_by_role("link", name="Tracking page").click()
    walker.look_around()
    assert page.locator(".state").inner_text() == "Delivered"
    assert page.locator(".way li").first.inner_text().startswith("Delivered, by hand")
