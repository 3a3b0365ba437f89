"""What can go wrong with a document: always with the template's name and the place in it."""

from flask_bgbilling.errors import N_, ConfigurationError, InputError
from flask_bgbilling.hookspecs import Gone


class NoDocumentTypes(ConfigurationError):
    """No type of documents is configured for this contract."""

    code = "no document types"
    message = N_("No documents can be made for this contract.")
    remedy = N_("The administrator configures types of documents (document:pattern.…).")


class NoTemplates(ConfigurationError):
    """The application names no folder of templates."""

    code = "no templates"
    message = N_("There is no folder of templates.")
    remedy = N_("The administrator sets BGBILLING_DOCUMENT_TEMPLATES.")


class LibraryMissing(ConfigurationError):
    """What makes documents of the format is not installed."""

    code = "library missing"
    message = N_("Documents of the format %(format)s cannot be made: %(library)s is not installed.")
    remedy = N_("The administrator installs flask-bgbilling[documents].")


class TemplateProblem(ConfigurationError):
    """A template cannot be used; ``template`` is its path in the folder."""

    code = "template"
    remedy = N_("The administrator corrects the template; nothing was stored.")


class TemplateMissing(TemplateProblem):
    """There is no such file in the folder."""

    code = "template missing"
    message = N_("The template “%(template)s” is not there.")
    remedy = N_("The administrator puts it into the folder of templates.")


class TemplateUnreadable(TemplateProblem):
    """The file is too large, is no text in UTF-8, or is no DOCX."""

    code = "template unreadable"
    message = N_("The template “%(template)s” cannot be read: %(reason)s.")


class TemplateBroken(TemplateProblem):
    """The template cannot be filled: ``reason`` in the engine's own words, ``line`` counted from 1."""

    code = "template broken"
    message = N_("The template “%(template)s” cannot be filled, line %(line)s: %(reason)s")


class TextBroken(TemplateProblem):
    """A DOCX cannot be filled: it has no lines, so that ``place`` is the text where it happened."""

    code = "text broken"
    message = N_("The template “%(template)s” cannot be filled at “%(place)s”: %(reason)s")


class TooMuch(TemplateProblem):
    """The template wants more time or room than one document may have."""

    code = "too much"
    message = N_("The document would be too large or take too long to make: %(template)s.")
    remedy = N_("The administrator makes the template simpler; nothing was stored.")


class NumberBroken(ConfigurationError):
    """The expression of the number failed or gave no text; ``reason`` says why."""

    code = "number broken"
    message = N_("The number of the document cannot be made: %(reason)s")
    remedy = N_("The administrator corrects %(key)s; nothing was stored.")


class DocumentGone(Gone):
    """The host has no such document of this contract."""

    code = "document gone"
    message = N_("There is no such document.")
    remedy = Gone.remedy


class BodyLost(ConfigurationError):
    """The host knows the document but cannot give its body."""

    code = "body lost"
    message = N_("The file of the document cannot be read.")
    remedy = N_("The administrator finds the reason in the log.")


class NoPreview(InputError):
    """Only HTML is shown before it is made."""

    code = "no preview"
    message = N_("Documents of this kind have no preview.")
    remedy = N_("Go back to the card and make the document.")
