"""The expression language of configurations: number expressions, conditions and scripts of process rules.

A subset of JEXL 3 scripts (reference: messages.md 4, customers-and-links.md 6), interpreted here. No expression can
reach Python, hang, or use up memory; what it may reach is declared by :class:`ExpressionObject` and
:class:`Namespace`. ``java_patterns`` is the dialect of regular expressions, usable without expressions.
"""

from flask_bgbilling.expr.budget import Limits
from flask_bgbilling.expr.errors import ExpressionError, ExpressionLimitError, ExpressionSyntaxError
from flask_bgbilling.expr.expression import Expression, compile_expression
from flask_bgbilling.expr.java_patterns import JavaPattern
from flask_bgbilling.expr.java_syntax import PatternError
from flask_bgbilling.expr.objects import ExpressionObject, Namespace

__all__ = [
    "Expression",
    "ExpressionError",
    "ExpressionLimitError",
    "ExpressionObject",
    "ExpressionSyntaxError",
    "JavaPattern",
    "Limits",
    "Namespace",
    "PatternError",
    "compile_expression",
]
