import parcels

WAY = ["in review", "pending", "delivered"]


def test_a_parcel_arrives_step_by_step(walker, sandbox, shop):
    parcel = parcels.steadfast(sandbox)
    number, code = parcel["consignment_id"], parcel["tracking_code"]
    page = walker.open(f"{sandbox.base}/steadfast/parcels")
    page.get_by_role("link", name=str(number)).click()
    walker.look_around()
    for step, note in [("pending", "Taken in at the hub"), ("delivered", "Left with the neighbour")]:
        page.get_by_label("Move to").select_option(step)
        page.get_by_label("Note").fill(note)
        walker.press("Move")
        assert page.locator(".state").inner_text().lower() == step
        assert page.get_by_text(note).is_visible()
        shop.wait(
            "/webhooks/steadfast",
            lambda r, step=step: r.json["consignment_id"] == number and r.json.get("status") == step,
        )
    page.get_by_role("link", name="Tracking page").click()
    walker.look_around()
    assert page.url.endswith(code)
    assert page.get_by_text("Left with the neighbour").is_visible()


def test_label_is_a_pdf(desktop, sandbox):
    parcel = parcels.steadfast(sandbox)
    page = desktop.open(f"{sandbox.base}/steadfast/parcels/{parcel['consignment_id']}")
    address = page.get_by_role("link", name="Label").get_attribute("href")
    answer = desktop.context.request.get(sandbox.base + address)
    assert answer.headers["content-type"] == "application/pdf" and answer.body().startswith(b"%PDF")


def test_a_delivered_parcel_stays_where_it_is(walker, sandbox):
    parcel = parcels.steadfast(sandbox)
    sandbox.control("steadfast/move", parcel=parcel["invoice"], status="delivered")
    path = f"{sandbox.base}/steadfast/parcels/{parcel['consignment_id']}"
    page = walker.open(f"{path}?refused=status")
    assert page.get_by_role("alert").is_visible()


def test_unknown_parcel(walker, sandbox):
    walker.expect_status(404)
    walker.open(f"{sandbox.base}/steadfast/t/none")
    assert "is not here" in walker.page.get_by_role("heading", level=1).inner_text()
