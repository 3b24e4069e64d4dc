"""The desk as a volunteer uses it: a PC by keyboard only, a phone by taps only; every action is counted."""

import io
import json
import re

import pytest
from django.core.management import call_command
from django.db.models import Sum
from playwright.sync_api import expect

from assistance.models import DailyTally, Dossier, HourlyTally, Visit
from tests.factories import PASSWORD, body, earlier

from .screens import PC, PHONE

CODE = "000.17.26.H49-261124-0037"


class Actions:
    """Presses and taps, counted. Typing a text counts as nothing: it is the letters that take the time."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.count += 1

    def tap(self, *places):
        for place in places:
            (self.page.locator(place) if isinstance(place, str) else place).tap()
            self.count += 1

    def spent(self):
        spent, self.count = self.count, 0
        return spent


@pytest.fixture
def quick_procedure(client, world):
    """One visit of ten days ago, so that its procedure is the site's first quick one."""
    client.force_login(world.mate, backend="shifts.backends.UsernameOrPhoneBackend")
    entry = body(procedure="2.000635", occurred_at=earlier(days=10))
    answer = client.post("/desk/visits/", entry, "application/json", headers={"accept": "application/json"})
    assert answer.status_code == 201


@pytest.fixture
def phone(browser):
    context = browser.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh"
    )
    yield context.new_page()
    context.close()


def ready(page):
    page.locator("#desk[data-ready]").wait_for()


def settled(page):
    """Everything typed so far has reached the server."""
    expect(page.locator("#desk")).to_have_attribute("data-waiting", "0")
    expect(page.locator("#connection")).to_contain_text("Đã gửi hết")


def assert_numbers_alike(page, world, visits):
    """The page, its list, the tally, its recount and the database tell the same number."""
    settled(page)
    expect(page.locator("[data-count=mine]")).to_have_text(str(visits))
    expect(page.locator("#visits > .visit")).to_have_count(visits)
    mine = Visit.objects.surviving().filter(volunteer=world.volunteer)
    assert mine.count() == visits
    figures = {"volunteer": world.volunteer, "figure": "visits"}
    assert DailyTally.objects.filter(**figures).aggregate(sum=Sum("value"))["sum"] == visits
    assert HourlyTally.objects.filter(**figures).aggregate(sum=Sum("value"))["sum"] == visits
    call_command("check_tally", stdout=io.StringIO())


def test_ten_visits_by_keyboard_alone(page, site, world, quick_procedure, complaints):
    page.set_viewport_size(PC)
    page.goto(site + "/accounts/login/?next=/desk/")
    page.keyboard.type("tnv")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    ready(page)
    keys = Actions(page)

    keys.press("0", "Enter")
    assert keys.spent() == 2
    expect(page.locator("#toast")).to_contain_text("Đã lưu lượt")

    keys.press("1", "3", "7", "Enter")
    assert keys.spent() == 4

    keys.press("9", "F2", "1", "v", "b", "F8")
    page.keyboard.type(CODE)
    keys.press("Enter")
    assert keys.spent() == 7
    settled(page)
    dossier = Dossier.objects.get()
    assert (dossier.code, dossier.outcome, dossier.level.code) == (CODE, "submitted", "full")
    assert dossier.visit.counter == world.counter

    keys.press("0", "u", "Enter")
    keys.press("2", "i", "F4")
    page.keyboard.type("083")
    keys.press("Enter")
    keys.press("6", "Enter")
    keys.press("0", "k", "Enter")
    keys.press("8", "F8", "m", "Enter")
    keys.press("8", "F8", ",", "1", "Enter")
    keys.press("4", "F2", "F2")
    page.keyboard.type("ho chieu")
    keys.press("Enter")
    expect(page.locator("#card")).to_contain_text("Cấp hộ chiếu")
    keys.press("Enter")

    assert_numbers_alike(page, world, 10)
    stored = Visit.objects.filter(volunteer=world.volunteer).order_by("created_at")
    assert [visit.audience for visit in stored][3:5] == ["youth", "enterprise"]
    assert stored[4].queue_number == "083"
    assert [visit.account for visit in stored][5:7] == ["opened", "none"]
    assert [visit.dossier.outcome for visit in stored[7:9]] == ["prepared", "not_submitted"]
    assert stored[9].procedure.code == "1.000001"

    keys.press("F9")
    expect(page.locator("#toast")).to_contain_text("Đã hoàn tác")
    assert_numbers_alike(page, world, 9)

    edited = page.locator("#visits .visit").first
    edited.locator("summary").focus()
    keys.press("Enter", "Tab", "Enter")
    page.wait_for_url(re.compile("/edit/"))
    page.locator("#audience-citizen").focus()
    keys.press("ArrowRight")
    page.get_by_role("button", name="Lưu lại").focus()
    keys.press("Enter")
    page.wait_for_url(site + "/desk/")
    ready(page)
    assert_numbers_alike(page, world, 9)
    assert Visit.objects.get(version__gt=1, undone_at=None).audience == "youth"
    assert complaints == []


def test_ten_visits_by_taps_alone(phone, site, world, quick_procedure):
    page = phone
    page.goto(site + "/accounts/login/?next=/desk/")
    page.locator("[name=username]").tap()
    page.keyboard.type("tnv")
    page.locator("[name=password]").tap()
    page.keyboard.type(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").tap()
    ready(page)
    taps = Actions(page)

    def tile(code):
        return page.locator(f".tile:has([value={code}])")

    taps.tap("#usual", "#save")
    assert taps.spent() == 2
    expect(page.locator("#toast")).to_contain_text("Đã lưu lượt")

    taps.tap(tile("don_tiep"), tile("len_quay"), tile("huong_dan"), "#save")
    assert taps.spent() == 4

    taps.tap(tile("nop_ho_so"), "[data-number='1'][data-code]", ".check-card:has([name=dossier_guided])")
    taps.tap(".check-card:has([name=dossier_complete])", "#dossier_code")
    page.keyboard.type(CODE)
    taps.tap("#save")
    assert taps.spent() <= 7
    settled(page)
    assert Dossier.objects.get().outcome == "submitted"

    taps.tap("#usual", "label[for=audience-youth]", "#save")
    taps.tap(tile("lay_so"), "label[for=audience-enterprise]", "#save")
    taps.tap(tile("vneid"), "#save")
    taps.tap("#usual", "label[for=account-none]", "#save")
    taps.tap(tile("nop_ho_so"), "label[for=outcome-prepared]", "#save")
    taps.tap(tile("nop_ho_so"), "label[for=outcome-not_submitted]", ".chip:has([name=dossier_reason])", "#save")
    taps.tap(tile("ra_soat"), "#procedure")
    page.keyboard.type("ho chieu")
    taps.tap("#found [role=option] >> nth=0", "#save")

    assert_numbers_alike(page, world, 10)
    outcomes = Dossier.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["submitted", "prepared", "not_submitted"]

    taps.tap("#toast [data-undo]")
    assert_numbers_alike(page, world, 9)

    page.locator("#visits .visit summary").first.tap()
    page.locator("#visits").get_by_role("link", name="Sửa").first.tap()
    page.wait_for_url(re.compile("/edit/"))
    page.locator("label[for=audience-youth]").tap()
    page.get_by_role("button", name="Lưu lại").tap()
    page.wait_for_url(site + "/desk/")
    assert_numbers_alike(page, world, 9)
    assert Visit.objects.get(version__gt=1, undone_at=None).audience == "youth"


@pytest.fixture
def desk(page, site, log_in):
    """The desk of tnv, open and ready."""
    log_in(page.context, "tnv")
    page.goto(site + "/desk/")
    ready(page)
    return page


def test_missing_tick_turns_yellow_and_save_goes_there(desk):
    for key in ["9", "v", "Enter"]:
        desk.keyboard.press(key)

    expect(desk.locator("[name=dossier_complete]")).to_be_focused()
    expect(desk.locator(".check-card.waiting")).to_contain_text("Đủ giấy tờ")
    expect(desk.locator("[data-missing]")).to_contain_text("Đủ giấy tờ")
    assert Visit.objects.count() == 0


def test_keys_are_only_letters_while_typing_text(desk):
    desk.keyboard.press("F4")
    desk.keyboard.type("1y")

    expect(desk.locator("#queue_number")).to_have_value("1y")
    expect(desk.locator("[name=activities]:checked")).to_have_count(0)
    expect(desk.locator("#audience-citizen")).to_be_checked()
    desk.keyboard.press("Escape")
    expect(desk.locator("#queue_number")).not_to_be_focused()


@pytest.mark.parametrize("event", [{"isComposing": True}, {"keyCode": 229}, {"ctrlKey": True}, {"altKey": True}])
def test_keys_do_nothing_while_an_input_method_composes(desk, event):
    desk.evaluate(
        "event => document.body.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: '1', code: 'Digit1', bubbles: true, cancelable: true, ...event}))",
        event,
    )
    expect(desk.locator("[name=activities]:checked")).to_have_count(0)


def test_usual_combination_sets_exactly_that_set(desk):
    for key in ["2", "9", "0"]:
        desk.keyboard.press(key)

    chosen = desk.locator("[name=activities]:checked").evaluate_all("boxes => boxes.map(box => box.value)")
    assert chosen == ["don_tiep", "gioi_thieu", "to_roi"]
    expect(desk.locator("#dossier_open")).not_to_be_checked()


def test_entry_waits_in_this_browser_while_offline_and_is_sent_once(desk, world):
    desk.context.set_offline(True)
    desk.keyboard.press("0")
    desk.keyboard.press("Enter")
    expect(desk.locator("#connection")).to_have_text(re.compile("Mất mạng, 1 lượt chờ gửi"))
    expect(desk.locator(".visit.is-waiting")).to_contain_text("Chờ gửi")
    assert Visit.objects.count() == 0

    desk.context.set_offline(False)
    expect(desk.locator("#connection")).to_contain_text("Đã gửi hết")
    assert_numbers_alike(desk, world, 1)


def test_expired_login_keeps_the_entry_and_sends_it_after_logging_in(desk, site, log_in, world):
    desk.context.clear_cookies(name="sessionid")
    desk.keyboard.press("0")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("link", name="Đăng nhập lại để gửi")).to_have_attribute(
        "href", "/accounts/login/?next=/desk/"
    )
    assert Visit.objects.count() == 0

    log_in(desk.context, "tnv")
    desk.reload()
    assert_numbers_alike(desk, world, 1)


def test_another_person_at_this_browser_does_not_send_my_entries(desk, site, log_in):
    desk.context.set_offline(True)
    desk.keyboard.press("0")
    desk.keyboard.press("Enter")
    expect(desk.locator(".visit.is-waiting")).to_have_count(1)
    context = desk.context
    desk.close()
    context.set_offline(False)
    context.clear_cookies()
    log_in(context, "ban")
    page = context.new_page()
    page.goto(site + "/desk/")
    ready(page)
    settled(page)

    assert Visit.objects.count() == 0


def test_refused_entry_has_its_own_line_and_holds_nobody_up(desk, world):
    first = True

    def refuse_the_first(route):
        nonlocal first
        if first and route.request.method == "POST":
            first = False
            errors = {"errors": {"post": ["Tầng 4 không có ở Trung tâm."]}}
            route.fulfill(status=422, content_type="application/json", body=json.dumps(errors))
        else:
            route.continue_()

    desk.context.set_offline(True)
    for key in ["1", "Enter", "0", "Enter"]:
        desk.keyboard.press(key)
    expect(desk.locator(".visit.is-waiting")).to_have_count(2)
    desk.route("**/desk/visits/", refuse_the_first)
    desk.context.set_offline(False)
    expect(desk.locator("#refused")).to_contain_text("Tầng 4 không có ở Trung tâm.")
    assert_numbers_alike(desk, world, 1)

    desk.get_by_role("button", name="Sửa").click()
    expect(desk.locator("[value=don_tiep]")).to_be_checked()
    desk.keyboard.press("Enter")
    assert_numbers_alike(desk, world, 2)


def test_errors_of_the_server_stand_at_their_fields(desk):
    desk.keyboard.press("0")
    desk.keyboard.press("F4")
    desk.keyboard.type("số 8!")
    desk.keyboard.press("Enter")

    expect(desk.locator("#summary")).to_be_focused()
    expect(desk.locator("#error-queue_number")).to_contain_text("Số thứ tự chỉ gồm chữ và số")
    expect(desk.locator("#queue_number")).to_have_value("số 8!")
    expect(desk.locator("[name=activities]:checked")).to_have_count(3)


def test_unknown_code_is_asked_about_once(desk):
    for key in ["9", "v", "b", "p", "F8"]:
        desk.keyboard.press(key)
    desk.keyboard.type("H49.12345678")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("button", name="Vẫn dùng")).to_be_focused()
    desk.keyboard.press("Enter")

    expect(desk.locator("#toast")).to_contain_text("Đã lưu lượt")
    assert Dossier.objects.get().code == "H49.12345678"


def test_half_typed_entry_survives_a_reload_without_its_code(desk):
    for key in ["9", "u", "v", "F8"]:
        desk.keyboard.press(key)
    desk.keyboard.type(CODE)
    assert CODE not in desk.evaluate("JSON.stringify(localStorage)")
    desk.reload()
    ready(desk)

    expect(desk.locator("[value=nop_ho_so]")).to_be_checked()
    expect(desk.locator("#audience-youth")).to_be_checked()
    expect(desk.locator("[name=dossier_guided]")).to_be_checked()
    expect(desk.locator("#dossier_code")).to_have_value("")


def test_undo_of_an_entry_that_was_never_sent_forgets_it(desk):
    desk.context.set_offline(True)
    desk.keyboard.press("0")
    desk.keyboard.press("Enter")
    expect(desk.locator(".visit.is-waiting")).to_have_count(1)
    desk.keyboard.press("F9")
    desk.context.set_offline(False)
    settled(desk)

    expect(desk.locator("#visits .visit")).to_have_count(0)
    assert Visit.objects.surviving().count() == 0


def test_typed_time_is_the_time_of_the_visit(desk):
    desk.locator(".desk-move summary").click()
    desk.locator("#time").fill("00:01")
    desk.keyboard.press("Escape")
    desk.keyboard.press("0")
    desk.keyboard.press("Enter")

    expect(desk.locator("#visits time")).to_have_text("00:01")


def test_escape_closes_a_menu_and_keeps_the_entry(desk):
    desk.keyboard.press("1")
    desk.locator(".desk-move summary").click()
    desk.keyboard.press("Escape")

    expect(desk.locator(".desk-move")).not_to_have_attribute("open", "")
    expect(desk.locator("[value=don_tiep]")).to_be_checked()
    desk.keyboard.press("Enter")
    expect(desk.locator("#toast")).to_contain_text("Đã lưu lượt")


def test_entry_put_aside_comes_back_by_undo(desk):
    desk.keyboard.press("0")
    desk.keyboard.press("Escape")
    expect(desk.locator("[name=activities]:checked")).to_have_count(0)
    desk.keyboard.press("F9")

    expect(desk.locator("[name=activities]:checked")).to_have_count(3)


def test_grid_takes_lines_by_keyboard(page, site, log_in, world):
    log_in(page.context, "tnv")
    page.goto(site + "/desk/grid/")
    page.locator("[name='0-time']").focus()
    page.keyboard.type("0001")
    page.keyboard.press("ArrowDown")
    page.keyboard.type("00:02")
    page.locator("[name='1-activities'][value=don_tiep]").focus()
    for key in ["Space", "ArrowUp", "Space", "Enter"]:
        page.keyboard.press(key)
    expect(page.get_by_text("Đã nhập bù 2 lượt")).to_be_visible()

    assert list(Visit.objects.values_list("late_entry", flat=True)) == [True, True]


def test_desk_works_without_script(browser, site, log_in, world):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    log_in(context, "tnv")
    page = context.new_page()
    page.goto(site + "/desk/")
    page.locator(".tile:has([value=don_tiep])").click()
    page.locator("#save").click()

    expect(page.locator("#visits .visit")).to_have_count(1)
    assert Visit.objects.get().activities.get().code == "don_tiep"
    context.close()


def test_clock_never_runs_back_on_an_answer_but_follows_a_desk_that_is_wrong(page, site, log_in):
    """Answers carry the time in whole seconds: taken as it is, two quick entries would change places."""
    log_in(page.context, "tnv")
    page.goto(site + "/desk/")
    ready(page)
    steps = page.evaluate(
        """async () => {
            const { clock } = await import("/static/js/desk/dom.js");
            const begun = clock.now();
            clock.set(Date.now() + clock.ahead - 999);
            const afterAnswer = clock.now();
            clock.set(Date.now() - 600_000);
            return { back: afterAnswer < begun, corrected: Math.round((clock.now() - Date.now()) / 1000) };
        }"""
    )
    assert steps == {"back": False, "corrected": -600}
