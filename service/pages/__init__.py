"""The pages: what people see of the service, in a browser, in French.

One file per page; what a page shows or does comes from `service.acts` with the current user, so
that pages hold no logic of their own. `mount.install` puts them on the application of the API.
Must not know: queries, rights, how plans are found.
"""

from service.pages.mount import install as install
