"""What a clinic may have in stock, as the label says it. What the label does not say is unknown."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from anagen.clinic.people.models import User
from anagen.medicine.quantities import Quantity


class LegalClass(models.TextChoices):
    """How a product is registered here. Unknown never counts as a medicine."""

    MEDICINE = "medicine", _("Medicine")
    DEVICE = "device", _("Medical device")
    COSMETIC = "cosmetic", _("Cosmetic")
    HOMEOPATHIC = "homeopathic", _("Homeopathic medicine")
    SUPPLEMENT = "supplement", _("Food supplement")
    UNKNOWN = "unknown", _("Not known")


class Route(models.TextChoices):
    """A way into or onto the body that the label allows."""

    INTRADERMAL = "intradermal", _("Into the skin")
    SUBCUTANEOUS = "subcutaneous", _("Under the skin")
    INTRAMUSCULAR = "intramuscular", _("Into a muscle")
    INTRAVENOUS = "intravenous", _("Into a vein")
    TOPICAL = "topical", _("On the skin")
    ORAL = "oral", _("By mouth")


INJECTED = frozenset({Route.INTRADERMAL, Route.SUBCUTANEOUS, Route.INTRAMUSCULAR, Route.INTRAVENOUS})


class Container(models.TextChoices):
    AMPOULE = "ampoule", _("Ampoule")
    VIAL = "vial", _("Vial")
    SYRINGE = "syringe", _("Filled syringe")
    SACHET = "sachet", _("Sachet")


class Dosing(models.TextChoices):
    """Without “multi-dose” on the label a container is single-dose: one patient, one session."""

    SINGLE = "single", _("Single-dose")
    MULTI = "multi", _("Multi-dose")


class Product(models.Model):
    """A product as it stands today. Worksheets keep their own copy of what they rested on.

    It is edited, each time as a new `version`; the old words stay in the audit trail.
    """

    name = models.CharField(_("name"), max_length=150)
    maker = models.CharField(_("maker"), max_length=150)
    legal_class = models.CharField(_("legal class"), max_length=12, choices=LegalClass.choices)
    routes = models.JSONField(_("permitted routes"), default=list)  # of Route; empty: the label names none
    container = models.CharField(_("container"), max_length=10, choices=Container.choices)
    content_ml = models.DecimalField(_("content in mL"), max_digits=8, decimal_places=3)
    dosing = models.CharField(_("doses"), max_length=6, choices=Dosing.choices, default=Dosing.SINGLE)
    opened_hours = models.PositiveIntegerField(
        _("hours after opening"), null=True, blank=True
    )  # of the label
    storage = models.CharField(_("storage"), max_length=200, blank=True, default="")
    from_light = models.BooleanField(_("protect from light"), default=False)
    ph = models.DecimalField(_("pH"), max_digits=4, decimal_places=2, null=True, blank=True)
    osmolality = models.PositiveIntegerField(_("osmolality in mOsm/kg"), null=True, blank=True)
    price = models.DecimalField(
        _("price of a container"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    knowledge = models.CharField(_("product known to Anagen"), max_length=80, blank=True, default="")
    low_below = models.PositiveIntegerField(_("low below"), default=5)  # containers that may be used
    warn_days = models.PositiveIntegerField(_("expiring soon, days ahead"), default=60)
    complete = models.BooleanField(_("all ingredients are listed"), default=False)
    witnessed = models.BooleanField(_("waste needs a witness"), default=False)
    in_use = models.BooleanField(_("in use"), default=True)
    version = models.PositiveIntegerField(default=1)  # raised by each edit; two desks cannot overwrite
    search = models.CharField(max_length=320, editable=False, db_index=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["name", "content_ml", "id"]
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(
                fields=["name", "maker", "content_ml", "container"], name="one_product_of_each_pack"
            ),
            models.CheckConstraint(
                condition=models.Q(legal_class__in=LegalClass.values), name="product_legal_class_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(container__in=Container.values), name="product_container_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(dosing__in=Dosing.values), name="product_dosing_is_known"
            ),
            models.CheckConstraint(condition=models.Q(content_ml__gt=0), name="product_has_content"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.size}"

    @property
    def size(self) -> str:
        """One container in words: ampoule of 5 mL."""
        return _("%(container)s of %(content)s mL") % {
            "container": self.get_container_display().lower(),
            "content": plain(self.content_ml),
        }

    @property
    def is_single_dose(self) -> bool:
        return self.dosing != Dosing.MULTI

    @property
    def injectable(self) -> bool:
        """Registered as something that may be injected, and labelled for it. Unknown is no."""
        registered = self.legal_class in (LegalClass.MEDICINE, LegalClass.DEVICE, LegalClass.HOMEOPATHIC)
        return registered and bool(INJECTED & set(self.routes))

    @property
    def route_words(self) -> list[str]:
        return [str(Route(route).label) for route in self.routes]


class ProductIngredient(models.Model):
    """One ingredient of a product. `ingredient` is an id of the knowledge, empty when it is not known there."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="ingredients")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("ingredient"), max_length=150)
    ingredient = models.CharField(max_length=80, blank=True, default="", db_index=True)
    strength = models.CharField(
        _("strength"), max_length=40, blank=True, default=""
    )  # "5 mg/mL"; "" is unknown

    class Meta:
        ordering = ["product", "position"]
        verbose_name = _("ingredient of a product")
        verbose_name_plural = _("ingredients of products")
        constraints = [
            models.UniqueConstraint(fields=["product", "position"], name="one_ingredient_in_each_position"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.strength}".strip()

    @property
    def quantity(self) -> Quantity | None:
        """The strength as an exact quantity; None when it is not known."""
        return Quantity.parse(self.strength) if self.strength else None


class Gtin(models.Model):
    """A trade number printed on a pack; a product may have several, a number means one product."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="gtins")
    number = models.CharField(
        _("trade number (GTIN)"), max_length=14, unique=True
    )  # 14 digits, filled with zeros

    class Meta:
        ordering = ["number"]
        verbose_name = _("trade number")
        verbose_name_plural = _("trade numbers")

    def __str__(self) -> str:
        return self.number


def plain(amount: Decimal) -> str:
    """A decimal without needless zeros: 5, 0.25."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
