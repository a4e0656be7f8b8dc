from django.urls import path

import hub.web.path_converters  # noqa: F401 — the converter « key »
from initiatives.space.views import dashboard, history, review, sending, sheet, upkeep, writing

urlpatterns = [
    path("", dashboard.dashboard, name="space"),
    path("fiches/nouvelle/", dashboard.new, name="sheet-new"),
    path("fiches/<key:pk>/", sheet.overview, name="sheet"),
    path("fiches/<key:pk>/confier/", sheet.entrust_sheet, name="sheet-entrust"),
    path("fiches/<key:pk>/apercu/", history.preview, name="sheet-preview"),
    path("fiches/<key:pk>/dupliquer/", sheet.copy, name="sheet-duplicate"),
    path("fiches/<key:pk>/supprimer/", sheet.delete, name="sheet-delete"),
    path("fiches/<key:pk>/presence", writing.presence, name="sheet-presence"),
    path("fiches/<key:pk>/envoyer/", sending.submit, name="sheet-submit"),
    path("fiches/<key:pk>/envoyee/", sending.sent, name="sheet-sent"),
    path("fiches/<key:pk>/reprendre/", review.withdraw, name="sheet-withdraw"),
    path("fiches/<key:pk>/retrait/", review.unpublish, name="sheet-unpublish"),
    path("fiches/<key:pk>/retrait/annuler/", review.keep_online, name="sheet-keep-online"),
    path("fiches/<key:pk>/echanges/", review.exchanges, name="sheet-exchanges"),
    path("fiches/<key:pk>/echanges/<key:remark>/fait", review.tick, name="sheet-remark"),
    path("fiches/<key:pk>/versions/", history.history, name="sheet-history"),
    path("fiches/<key:pk>/versions/<key:before>..<key:after>/", history.compare, name="sheet-compare"),
    path("fiches/<key:pk>/versions/<key:number>/", history.version, name="sheet-version"),
    path("fiches/<key:pk>/versions/<key:number>/reprendre/", history.take_up_again, name="sheet-restore"),
    path("fiches/<key:pk>/confirmer/", upkeep.confirm_sheet, name="sheet-confirm"),
    path("fiches/<key:pk>/retirer-du-site/", upkeep.leave, name="sheet-leave"),
    path("fiches/<key:pk>/archiver/", upkeep.archive_sheet, name="sheet-archive"),
    path("fiches/<key:pk>/desarchiver/", upkeep.bring_sheet_back, name="sheet-bring-back"),
    path("fiches/<key:pk>/participations/", upkeep.parts, name="sheet-parts"),
    path("fiches/<key:pk>/partenaires/<key:organisation>/demander/", upkeep.ask_partner, name="sheet-ask-partner"),
    path("mise-en-forme", writing.formatted, name="text-formatted"),
    path("mots-cles/suggestions", writing.tags, name="sheet-tag-suggestions"),
    path("fiches/<key:pk>/fichiers/", writing.send, name="sheet-upload"),
    path("fiches/<key:pk>/fichiers/<key:upload>/", writing.show, name="sheet-file"),
    # Last: any other word is the name of a step, or of none.
    path("fiches/<key:pk>/<slug:step>/", writing.write_step, name="sheet-step"),
]
