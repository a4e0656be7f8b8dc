"""People who sign in to the hub."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A person with an account.

    Ours from the first migration on, because Django cannot change the user model of a running site.
    """

    class Meta(AbstractUser.Meta):
        verbose_name = "personne"
        verbose_name_plural = "personnes"

    def __str__(self) -> str:
        return self.get_full_name() or self.email or self.username

    @property
    def presented(self) -> str:
        """The name with the address, for those who do not know the person yet; the address once when it is the name."""
        name = str(self)
        return f"{name} ({self.email})" if self.email and self.email != name else name
