import sys

from aichina.local.demo.server import main

sys.exit(main())
