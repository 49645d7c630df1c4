import { handleAuth } from '@/lib/platform/auth/next-auth'
import { signInDoors } from '@/lib/users/server/sign-in'

const handler = (request: Request): Promise<Response> => handleAuth(request, signInDoors)

export { handler as GET, handler as POST }
