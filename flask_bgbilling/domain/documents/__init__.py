"""Documents of contracts: templates filled from contract data into HTML, DOCX and PDF, stored by the host.

``service`` decides, ``data`` reads what a template names, ``sandbox`` is where templates run, ``rendering`` and its
neighbours ``docx`` and ``pdf`` make the files.
"""
