"""All sentences of the law with their small plans."""

from __future__ import annotations

from tests.law import LAW
from tests.law_in_vain import LAW_IN_VAIN
from tests.law_of_calls import LAW_OF_CALLS
from tests.law_of_choices import LAW_OF_CHOICES
from tests.law_of_instants import LAW_OF_INSTANTS
from tests.law_of_pools import LAW_OF_POOLS
from tests.law_of_ways import LAW_OF_WAYS

LAWS = LAW | LAW_OF_CALLS | LAW_OF_WAYS | LAW_OF_CHOICES | LAW_IN_VAIN | LAW_OF_POOLS | LAW_OF_INSTANTS
