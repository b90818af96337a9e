import sys

from aichina.local.run import main

sys.exit(main())
