"""The report of an import in the editor of its workshop."""

from typing import Any

from wagtail.admin.panels import Panel

from events.recap.report import REPLAY_WARNINGS


class ImportReportPanel(Panel):
    """Shows, above the fields of an imported workshop, what was recognised, guessed and left over. Nothing to type."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "events/recap/report_panel.html"

        def is_shown(self) -> bool:
            return bool(self.instance.import_report)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            report = self.instance.import_report
            if self.instance.replay is not None:
                # What was missing was given since.
                left = [text for text in report.get("warnings", []) if text not in REPLAY_WARNINGS]
                report = {**report, "warnings": left}
            return {**context, "report": report, "problems": report.get("problems", [])}
