from typing import Any

from django.db import migrations

# Names of the starter vocabulary that are wider than their entry, as of this migration.
LOOSE: dict[str, dict[str, tuple[str, ...]]] = {
    "Audience": {
        "tous-publics": (
            "tout public",
            "tous les publics",
            "ensemble des publics",
        ),
        "familles-nombreuses": ("grands logements",),
        "gens-du-voyage": ("itinérance et habitat caravane",),
        "personnes-agees": ("perte d’autonomie",),
        "personnes-handicapees": ("logement accessible",),
        "conduites-addictives": ("personnes dépendantes",),
        "menages-modestes": ("publics précaires",),
        "habitat-indigne": ("copropriétés dégradées",),
        "demandeurs-logement-social": ("attribution de logements sociaux",),
        "prioritaires-dalo": ("publics prioritaires",),
        "proprietaires-bailleurs": (
            "parc privé conventionné",
            "logements vacants",
        ),
    },
    "Axis": {
        "logement": (
            "accès au logement",
            "maintien dans le logement",
            "relogement",
            "logements",
            "parc social",
            "parc privé",
        ),
        "hebergement": (
            "hébergement d’urgence",
            "centre d’hébergement",
            "centres d’hébergement",
        ),
        "ressources": (
            "budget",
            "endettement",
            "surendettement",
            "revenus",
            "épargne",
        ),
        "acces-aux-droits": (
            "information juridique",
            "domiciliation",
        ),
        "accompagnement-social": (
            "accompagnement",
            "aller vers",
            "aller-vers",
        ),
        "sante": ("santé mentale",),
        "emploi": (
            "recrutement",
            "travail",
            "emplois",
        ),
        "insertion": (
            "insertion par l’activité économique",
            "inclusion",
        ),
        "formation": (
            "formation",
            "école",
            "apprentissage",
            "apprentissage du français",
        ),
        "mobilite": (
            "déplacements",
            "mobilité géographique",
            "mobilité résidentielle",
        ),
        "habitat-energie": (
            "rénovation",
            "travaux",
            "énergie",
            "réhabilitation",
        ),
        "lien-social": (
            "participation",
            "isolement",
            "pair-aidance",
            "participation des personnes concernées",
            "culture",
        ),
        "enfance-parentalite": (
            "garde d’enfants",
            "protection de l’enfance",
        ),
    },
    "Scheme": {
        "chu": ("hébergement d’urgence",),
        "plh": ("PLUi-H",),
        "ppgdid": ("cotation de la demande",),
        "cia": (
            "conférence intercommunale du logement",
            "CIL",
        ),
        "apl": ("aides au logement",),
        "maprimeadapt": ("adaptation du logement",),
    },
}


def set_loose_names_apart(apps: Any, _schema_editor: Any) -> None:
    """Keep the wide names of the starter vocabulary for the import alone, where editors left them as they were."""
    for model_name, names_by_slug in LOOSE.items():
        for entry in apps.get_model("vocabulary", model_name).objects.filter(slug__in=names_by_slug):
            names = entry.aliases.splitlines()
            loose = [name for name in names if name.strip() in names_by_slug[entry.slug]]
            if loose:
                entry.aliases = "\n".join(name for name in names if name not in loose)
                entry.loose_aliases = "\n".join(loose)
                entry.save(update_fields=["aliases", "loose_aliases"])


def bring_back_loose_names(apps: Any, _schema_editor: Any) -> None:
    """Make one list of both again."""
    for model_name in LOOSE:
        for entry in apps.get_model("vocabulary", model_name).objects.exclude(loose_aliases=""):
            entry.aliases = "\n".join(filter(None, (entry.aliases, entry.loose_aliases)))
            entry.save(update_fields=["aliases"])


class Migration(migrations.Migration):
    dependencies = [("vocabulary", "0003_loose_aliases")]

    operations = [migrations.RunPython(set_loose_names_apart, bring_back_loose_names)]
