"""Opening a page and reading what stands on it."""

from typing import Any

from streamlit.testing.v1 import AppTest

from services.settings import PROJECT


def page(name: str, account_id: int | str, **query: str) -> AppTest:
    """A page of an account, opened by its address."""
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30)
    for key, value in {"account": str(account_id), **query}.items():
        app.query_params[key] = value
    app.run()
    return app if name == "overview" else app.switch_page(f"pages/seller/{name}.py").run()


def words(app: AppTest) -> str:
    """Everything that is read on the page, escapes taken off."""
    said = [*app.title, *app.header, *app.subheader, *app.markdown, *app.text, *app.caption,
            *app.code]  # fmt: skip
    return "\n".join(str(each.value) for each in said).replace("\\", "")


def figures(app: AppTest) -> dict[str, str]:
    """The big figures by their names."""
    return {metric.label: metric.value for metric in app.metric}


def button(app: AppTest, key: str) -> Any:
    return next(one for one in app.button if one.key == key)


def tables(app: AppTest) -> list[list[dict[str, Any]]]:
    """Every table's rows, by column label."""
    return [one.value.to_dict("records") for one in app.dataframe]
