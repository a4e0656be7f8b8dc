"""Replacing a proposed structure by the one it really is: whatever names the first names the second, then it is gone.

The relations are read from the models: the ground floor does not know who names structures. What is not a row is the
text of the drafts, which Wagtail keeps in revisions: they are rewritten too, or a draft would no longer open.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.db.models import CASCADE, ForeignKey, ManyToManyField, Model, QuerySet, TextField
from django.db.models.functions import Cast
from django.dispatch import Signal
from modelcluster.models import get_all_child_m2m_relations, get_all_child_relations
from wagtail.log_actions import log
from wagtail.models import Revision

from hub.refusals import Refused
from hub.territories.names import normalise_name
from hub.vocabulary.models import Organisation

# Sent within the transaction, before anything moves, with ``source`` and ``target``: who knows what to make of two rows
# that say the same (two memberships of one person) settles it then.
organisations_merging = Signal()


def merge_proposed(*, source: Organisation, target: Organisation, by: AbstractBaseUser | AnonymousUser) -> int:
    """Replace ``source``, proposed by a partner, by ``target`` everywhere, then delete it. One transaction, in the log.

    Returns how many rows and revisions were changed. The name of ``source`` becomes another name of ``target``. Raises
    ``Refused`` when ``source`` is not proposed any more, when ``target`` is, or when a row of each cannot be told apart
    and neither may be dropped.
    """
    with transaction.atomic():
        locked = {row.pk: row for row in Organisation.objects.select_for_update().filter(pk__in=[source.pk, target.pk])}
        found, kept = locked.get(source.pk), locked.get(target.pk)
        if found is None or kept is None or found.pk == kept.pk or not found.is_proposed or kept.is_proposed:
            raise Refused("Seule une structure proposée se fusionne, avec une structure validée de la liste.")
        organisations_merging.send(sender=Organisation, source=found, target=kept)
        changed = sum(_move(field, source=found, target=kept) for field in fields_towards(Organisation))
        changed += _rewrite_revisions(source=found, target=kept)
        names = (kept.name, *kept.aliases.splitlines())
        if normalise_name(found.name) not in map(normalise_name, names):
            kept.aliases = "\n".join(filter(None, (*kept.aliases.splitlines(), found.name)))
        # Saved whatever changed: whoever follows the vocabulary brings up to date all that names it.
        kept.save()
        log(instance=kept, action="vocabulary.merge", user=by, data={"name": found.name, "changed": changed})
        found.delete()
    return changed


def fields_towards(model: type[Model]) -> Iterator[ForeignKey | ManyToManyField]:
    """Yield the fields of the project's models that name rows of this one, read from the models themselves."""
    for reverse in model._meta.get_fields(include_hidden=True):
        field = getattr(reverse, "field", None)
        if not reverse.auto_created or reverse.concrete or field is None:
            continue
        if isinstance(field, ManyToManyField) or (isinstance(field, ForeignKey) and not field.model._meta.auto_created):
            yield field


def _move(field: ForeignKey | ManyToManyField, *, source: Organisation, target: Organisation) -> int:
    if isinstance(field, ManyToManyField):
        return _move_links(field, source=source, target=target)
    rows: QuerySet[Any] = QuerySet(field.model).filter(**{field.name: source})
    for row in rows:
        setattr(row, field.name, target)
        try:
            with transaction.atomic():
                row.save(update_fields=[field.name])
        except IntegrityError as error:
            if field.remote_field.on_delete is not CASCADE:
                raise Refused(
                    f"« {target} » a déjà un contenu pareil à celui de « {source} » ({row._meta.verbose_name} : {row})."
                ) from error
            # It only says something of the structure, and the same is said already.
            QuerySet(field.model).filter(pk=row.pk).delete()
    return len(rows)


def _move_links(field: ManyToManyField, *, source: Organisation, target: Organisation) -> int:
    links: QuerySet[Any] = QuerySet(field.remote_field.through)
    entry, holder = field.m2m_reverse_field_name(), field.m2m_field_name()
    there = links.filter(**{entry: target}).values(holder)
    dropped, _by_model = links.filter(**{entry: source, f"{holder}__in": there}).delete()
    return dropped + links.filter(**{entry: source}).update(**{entry: target})


def _rewrite_revisions(*, source: Organisation, target: Organisation) -> int:
    types = ContentType.objects.filter(pk__in=Revision.objects.order_by().values("content_type").distinct())
    models = {content_type.pk: model for content_type in types if (model := content_type.model_class())}
    # Most texts do not hold these digits at all: the database leaves them aside.
    texts = Revision.objects.annotate(as_text=Cast("content", TextField())).filter(
        content_type__in=models, as_text__contains=str(source.pk)
    )
    count = 0
    for revision in texts.order_by("pk").iterator(chunk_size=100):
        if _replace(models[revision.content_type_id], revision.content, old=source.pk, new=target.pk):
            Revision.objects.filter(pk=revision.pk).update(content=revision.content)
            count += 1
    return count


def _replace(model: type[Model], content: dict[str, Any], *, old: int, new: int) -> bool:
    """Replace a structure in a serialised row and in the rows it holds; whether it was there."""
    changed = False
    for field in model._meta.fields:
        if field.related_model is Organisation and content.get(field.name) == old:
            content[field.name] = new
            changed = True
    for field in get_all_child_m2m_relations(model):
        keys = content.get(field.name) or []
        if field.related_model is Organisation and old in keys:
            content[field.name] = list(dict.fromkeys(new if key == old else key for key in keys))
            changed = True
    for relation in get_all_child_relations(model):
        for row in content.get(relation.get_accessor_name()) or []:
            changed = _replace(relation.related_model, row, old=old, new=new) or changed
    return changed
